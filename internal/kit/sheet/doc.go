// Package sheet reads and writes the tables that offices really send: a CSV in whatever encoding and
// separator the exporting program liked that year, an Excel workbook with dates, percentages and a
// second sheet nobody mentioned, or a zip with one CSV per subject. It keeps no tables of its own.
//
// Three promises hold for every reader here:
//
//   - Nothing is skipped in silence. A row is returned, or it comes back as a [RowError] with its number,
//     or (a blank row) it is counted in [Table.Notes]. What a file cannot say plainly is an [Error] whose
//     sentence a person can act on.
//   - A file is never trusted. Sizes are counted while unpacking and not read from headers, formulas are
//     never evaluated, and [Limits] bounds memory whatever the file claims.
//   - Text stays text. A cell is what a person sees in it, as a string; deciding what it means is the
//     importer's work.
//
// Start reading at [Open] (one table) or [OpenBundle] (a zip of tables); then mapping.go, which says which
// column feeds which field, and outcome.go, which counts what became of every row.
package sheet

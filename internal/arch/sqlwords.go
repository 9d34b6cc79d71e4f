package arch

import (
	"regexp"
	"strings"
)

// lexeme is one word, parameter, text or sign of a statement. Comments are left out.
type lexeme struct {
	kind kind
	text string
}

type kind int

const (
	word kind = iota
	param
	quoted // in single quotes; its content means nothing here
	sign
)

var lexical = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"[^"]*"|\$\d+|[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|::|<=|>=|<>|!=|\|\||->>|->|@>|\S`)

func tokenize(sql string) []lexeme {
	var out []lexeme
	for _, s := range lexical.FindAllString(sql, -1) {
		switch c := s[0]; {
		case strings.HasPrefix(s, "--"), strings.HasPrefix(s, "/*"):
		case c == '\'':
			out = append(out, lexeme{quoted, s})
		case c == '$' && len(s) > 1:
			out = append(out, lexeme{param, s})
		case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			out = append(out, lexeme{word, s})
		default:
			out = append(out, lexeme{sign, s})
		}
	}
	return out
}

// keywords are written in lower case, and are no table's alias.
var keywords = wordSet(`select insert update delete from into values set where and or not null is in exists between like escape as on using
	join left right full outer inner cross group by having order asc desc nulls first last limit offset union all except intersect
	with recursive materialized case when then else end distinct returning conflict do nothing filter over partition window rows range
	preceding following unbounded current row cast coalesce count sum min max avg excluded default for`)

func wordSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

// notAlike are words that only one engine knows or that the two answer differently (docs/sql.md), with what to do instead.
var notAlike = map[string]string{
	"ilike": "store a folded key and compare with like", "lateral": "use a window function or two statements", "glob": "use like",
	"current_timestamp": "pass the time of the transaction", "current_date": "pass the day of the transaction", "current_time": "pass the time of the transaction",
	"rowid": "name the key", "ctid": "name the key", "rollup": "count in Go", "merge": "use insert … on conflict",
}

// functionsNotAlike are wrong only when they are called: date may be the name of a column.
var functionsNotAlike = map[string]string{
	"now": "pass the time of the transaction", "date": "do dates in Go", "time": "do times in Go", "datetime": "do dates in Go", "julianday": "do dates in Go",
	"strftime": "do dates in Go", "extract": "do dates in Go", "date_trunc": "do dates in Go", "date_part": "do dates in Go", "age": "do dates in Go", "to_char": "format in Go",
	"round": "round in Go", "lower": "fold in Go and store the key", "upper": "fold in Go", "random": "choose in Go",
	"greatest": "use case", "least": "use case", "ifnull": "use coalesce", "nvl": "use coalesce", "iif": "use case",
	"group_concat": "use string_agg", "position": "do it in Go", "strpos": "do it in Go", "instr": "do it in Go", "substring": "use substr",
	"json_each": "write the list out", "json_group_array": "make JSON in Go", "json_agg": "make JSON in Go", "json_extract": "use ->>", "jsonb_array_elements": "read JSON in Go",
	"jsonb_array_elements_text": "read JSON in Go", "json_array_elements": "read JSON in Go", "unnest": "write the list out", "generate_series": "use a recursive cte",
	"percentile_cont": "do it in Go", "median": "do it in Go", "stddev": "do it in Go", "variance": "do it in Go", "to_tsvector": "store a folded key",
	"last_insert_rowid": "use returning", "any": "write the list out", "array": "write the list out", "typeof": "cast", "printf": "format in Go", "format": "format in Go",
	"total": "use sum",
}

// unportable says what in a statement is not alike on both engines.
func unportable(tokens []lexeme) []string {
	var out []string
	say := func(what, instead string) { out = append(out, what+" is not alike on both engines: "+instead) }
	for i, t := range tokens {
		call := at(tokens, i+1, "(")
		switch {
		case t.kind == sign && t.text == "?":
			say("?", "write $2, $3 …")
		case t.kind == sign && t.text == "::":
			say("::", "write cast(x as type)")
		case t.kind == sign && t.text == "@>":
			say("@>", "read JSON in Go")
		case t.kind == sign && strings.HasPrefix(t.text, `"`):
			say("a name in double quotes", "choose a name that needs none, and put text in single quotes")
		case t.kind != word:
		case notAlike[t.text] != "":
			say(t.text, notAlike[t.text])
		case call && functionsNotAlike[t.text] != "" && !at(tokens, i-1, "into") && !at(tokens, i-1, "join"):
			say(t.text+"()", functionsNotAlike[t.text])
		case call && (t.text == "max" || t.text == "min") && severalArguments(tokens, i+1):
			say(t.text+" of several values", "use case")
		case t.text == "distinct" && at(tokens, i+1, "on"):
			say("distinct on", "use a window function")
		case t.text == "fetch" && at(tokens, i+1, "first"):
			say("fetch first", "use limit")
		case t.text == "for" && (at(tokens, i+1, "update") || at(tokens, i+1, "share")):
			say("for "+tokens[i+1].text, "claim with update … returning")
		case t.text == "interval" && i+1 < len(tokens) && tokens[i+1].kind == quoted:
			say("interval", "do dates in Go")
		case t.text == "insert" && at(tokens, i+1, "or"):
			say("insert or", "use on conflict")
		case t.text == "in" && call && at(tokens, i+2, ")"):
			say("in ()", "leave the statement out when the list is empty")
		case t.text == "using" && tokens[0].text == "delete":
			say("delete … using", "use where (a, b) in (select …)")
		}
	}
	return out
}

// severalArguments says whether the brackets at i hold a comma of their own.
func severalArguments(tokens []lexeme, i int) bool {
	depth := 0
	for end := closing(tokens, i); i < end; i++ {
		switch {
		case at(tokens, i, "("):
			depth++
		case at(tokens, i, ")"):
			depth--
		case depth == 1 && at(tokens, i, ","):
			return true
		}
	}
	return false
}

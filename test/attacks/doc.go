// Package attacks holds what people with bad intentions, broken programs and bad luck send to Ajar: the whole server with the demo in it, by plain
// requests. Each test says in its name what is tried. docs/security.md leads from the requirements of OWASP ASVS to these tests.
package attacks

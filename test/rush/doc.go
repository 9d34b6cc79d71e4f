// Package rush lets parents answer an audit by the family's door, all in the same minutes, against the real program, while it is killed in the middle of it
// and started again. What was acknowledged to a parent is counted at the end: once, neither less nor more.
//
// house_test.go has the two schools and the program, parent_test.go one parent with a phone, rush_test.go the gate's own small rush and the large one of
// `make load`, bare_test.go what a bare handler needs for the same load.
package rush

package progress

// PutWeek is putWeek for tests from outside.
var PutWeek = putWeek

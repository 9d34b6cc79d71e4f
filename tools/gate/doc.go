// Command gate is the whole test of Ajar in one call: what a change must pass before it lands, on a developer's machine and in CI alike.
//
//	go run ./tools/gate                     everything
//	go run ./tools/gate --only vet,store    some of it
//	go run ./tools/gate pg                  a throw-away PostgreSQL to run single tests against
//	go run ./tools/gate bench -bench . ./test/bench    go test with a PostgreSQL beside it
//	go run ./tools/gate op                  an OpenID Connect provider to run single tests against
//
// It installs what it needs when it may, starts its own PostgreSQL and OpenID Connect provider (test/op) and stops them again, and its last line counts what passed, failed and was skipped.
// Start reading in main.go (the order of events), then steps.go (what is checked), postgres.go, op.go, install.go and count.go (how tests are counted).
package main

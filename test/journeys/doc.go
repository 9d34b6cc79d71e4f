// Package journeys tells whole stories in a real browser against the real server, one file a persona, and makes the pictures in the documents.
//
// A journey reads like a script:
//
//	site := Start(t)                    // ajar serve over a fresh copy of the demo
//	p := site.Person("key teacher")     // a browser of her own
//	p.Visit("/")
//	p.Click("Conversations")
//	p.Fill("Who came", "Mrs Khan")
//	p.Choose("In school")
//	p.Click("Save")
//	p.See("Saved")
//	p.Accessible()
//
// Things are found by the words a person reads, never by CSS. harness_test.go has the site and the browser, page_test.go what a person can do,
// people_test.go how one comes in as somebody and follows links, look_test.go accessibility, pictures and print, find.js how words are found; harness_self_test.go tries all of it on a small server.
package journeys

// Package messages is how a school reaches families and hears them: texts, e-mails, letters and calls to one adult or to many, each by what truly reaches them
// and in the language they read; what they answer; and what is said at the gate. It keeps the balance of good news and concern, and knows which children have
// nobody whom a message reaches.
//
// Once per adult, however many children. Orders are asked when a message is written, again when it is sent, and once more just before it leaves
// (roll.MayPost). Bad news is a call, unless somebody decides otherwise. What goes to many can be taken back for a while, and above a size the school sets a
// second person looks first.
//
// The wire itself is kit/post. Tables: messages_message, messages_words, messages_copy and messages_child (what goes out); messages_contact and messages_about (what
// was said, both ways); messages_stop, messages_wrong (numbers and addresses not to be used); messages_key (who is a family's key contact);
// messages_template and messages_template_words. Begin reading at rules.go, then Send in sending.go.
package messages

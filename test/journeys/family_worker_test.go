package journeys

import "testing"

// TestFamilyWorkerSeesTheFamiliesGivenToHim: the eight of the demo, until a person gives him one more; then that one too and no other.
func TestFamilyWorkerSeesTheFamiliesGivenToHim(t *testing.T) {
	site := story(t)
	h := site.As(head)
	h.Visit("/reach?at_least=4&cohort=out")
	child := h.First(`/pupils/\w+/barriers`)
	record := child.Path[:len(child.Path)-len("/barriers")]
	name := turned(child.Text)

	p := site.As(familyWorker)
	p.Click("Reach")
	p.See("8 pupils")
	p.NotSee(child.Text)
	if status, _ := p.Fetch(record); status != 404 {
		t.Errorf("a family worker opens the record of a family that is not his with %d", status)
	}

	h.Visit(record + "/assign")
	h.Fill("Colleague", familyWorker)
	h.Choose("Family worker")
	h.Fill("Reason", "Speaks the family's language.")
	h.Click("Assign")
	h.See(familyWorker)

	p.Click("Reach")
	p.See("9 pupils")
	p.See(child.Text)
	p.Visit(record)
	p.See(name)
	p.See("Family and carers")
	p.Narrow()
	p.Picture("record-phone")
	p.Wide()
	p.Accessible()
	if status, _ := p.Fetch("/imports"); status != 404 && status != 403 {
		t.Errorf("a family worker opens the imports with %d", status)
	}
}

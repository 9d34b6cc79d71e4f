package journeys

import (
	"testing"
)

// TestPupilsGoToCoverAndComeBack: the office records that a key teacher is away; his pupils, his talks and what waits go to the colleague who covers,
// who is told why; when he is back they are his alone again.
func TestPupilsGoToCoverAndComeBack(t *testing.T) {
	site := story(t)
	teacher := site.As(keyTeacher)
	teacher.See("You see 8 pupils because you are their key teacher.")
	talk, child := teacher.mine()

	worker := site.As(familyWorker)
	worker.See("You see 8 pupils because you are their family worker.")
	if status, _ := worker.Fetch(talk); status != 404 {
		t.Fatalf("before any cover the talk opens with %d", status)
	}

	o := site.As(office)
	o.Click("Staff")
	o.Click(keyTeacher)
	o.Click("Who covers, and when")
	o.Fill("Last day away", day(10))
	o.Fill("Who covers", familyWorker)
	o.Accessible()
	o.Click("Record")
	o.See("Recorded. See below who looks after whom.")
	absence := o.Path()
	o.Accessible()

	worker.Visit("/")
	worker.See("because you cover for " + keyTeacher)
	worker.Visit(talk)
	worker.See(child)
	worker.Visit("/conversations")
	worker.See("Times agreed in the next seven days")
	if len(worker.Links(talk)) == 0 {
		t.Error("the talk that waits does not stand on the list of whoever covers")
	}
	worker.Visit("/search?q=" + child[:4])
	worker.See(child)
	teacher.Visit(talk) // he still sees his own
	teacher.See(child)

	// Back again: recorded by mistake, so the day before it began.
	o.Visit(absence)
	o.Fill("Last day away", day(-1))
	o.Click("Save the last day")
	o.See("everything is theirs again")
	worker.Visit("/")
	worker.See("You see 8 pupils because you are their family worker.")
	if status, _ := worker.Fetch(talk); status != 404 {
		t.Errorf("when the key teacher is back the talk opens for the family worker with %d", status)
	}
	teacher.Visit("/")
	teacher.See("You see 8 pupils because you are their key teacher.")
}

package worry

import (
	"os"
	"path/filepath"
	"testing"

	"ajar/internal/kit/testkit"
)

func TestPossible(t *testing.T) {
	for _, text := range []string{
		"She told me her dad hits her.",
		"He said his stepdad beats him with a belt when he is late",
		"There were bruises all over his arms.",
		"I noticed bruises on her back and legs",
		"She has been cutting herself again.",
		"Mum says he is self-harming",
		"He talked about suicide.",
		"She said she wants to die",
		"He doesn't want to live any more",
		"She is scared to go home",
		"He is frightened of his father.",
		"There is no food at home",
		"They are left alone at night.",
		"She was sent naked pictures by an older boy",
		"Someone touched her private parts",
		"There is domestic violence in the home.",
		"He carries a knife",
		"worried about FGM on the trip this summer",
		"her mother’s boyfriend is hitting her",
		"SHE IS BEING ABUSED",
		"He took an overdose in June.",
		"I have a safeguarding concern about this family",
		"He is beaten by his father at home.",
		"Dad beats her up when he drinks.",
		"She says he hits her.",
	} {
		if !Possible(text) {
			t.Errorf("no concern seen in %q", text)
		}
	}
}

func TestPossibleFewFalseAlarms(t *testing.T) {
	for _, text := range []string{
		"",
		"He hits the ball well in rounders and likes cricket.",
		"She is scared of the maths test and of dogs.",
		"He was hit by a ball at break and had a small cut on his knee.",
		"She cuts out shapes neatly and burns with energy.",
		"Dad helps her with reading; mum works nights.",
		"He wants to live closer to school.",
		"She is dying to join the choir.",
		"The cooking club uses a knife and fork.",
		"He struggles to sit still and hurts his own chances.",
		"He touched on her worries about moving up.",
		"Her attendance hit 95 % this term, which beats last year.",
		"He left his homework at home and was left out of the team.",
		"We talked in a lesson about domestic violence and what charities do.",
		"She wrote a history essay about slavery.",
		"His mark is on the back of the sheet.",
		"They lock their bikes in the shed.",
		"The team was beaten in the final and he was beaten by his brother at chess.",
		"She beats her brother at chess and beats him at draughts.",
		"She hits her targets and hits them early.",
		"He does not want to live with his dad.",
		"An older man from the choir reads with her.",
		"Dad hit a bad patch at work and lost his job.",
		"He gets hurt when others laugh.",
		"We agreed to meet online from next week.",
		"The family has been through a bereavement and is sad.",
		"Killing time on his phone stops him doing homework.",
		"He is dead keen on football. Her life at home is busy.",
	} {
		if Possible(text) {
			t.Errorf("false alarm in %q", text)
		}
	}
}

// Newspaper articles for learners of English are about all kinds of things and hardly any child in danger.
func TestPossibleOnArticles(t *testing.T) {
	root := testkit.SharedData(t, "messages", "onestop_english")
	files, err := filepath.Glob(filepath.Join(root, "*", "*.txt"))
	if err != nil || len(files) < 9 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if Possible(string(text)) {
			t.Errorf("false alarm in %s", filepath.Base(file))
		}
	}
}

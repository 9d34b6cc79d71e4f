package journeys

import "testing"

// TestCoordinatorSeesTheCluster in figures of its schools, and nobody's name.
func TestCoordinatorSeesTheCluster(t *testing.T) {
	site := story(t)
	p := site.As(coordinator)
	p.See("Harrowmere Links")
	p.Click("Families reached")
	p.See("Families by school")
	p.See("Harrowmere High School")
	p.NotSee("Year Harrowmere")
	p.See("Quillbrook Primary School")
	p.See("No names come from a school to the cluster")
	p.Picture("cluster")
	p.Click("Organisations")
	p.See("Lantern Street Children's Centre")
	for _, path := range []string{"/search?q=a", "/conversations", "/imports", "/reach/list.csv"} {
		if status, _ := p.Fetch(path); status == 200 {
			t.Errorf("a co-ordinator opens %s", path)
		}
	}
}

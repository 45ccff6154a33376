package seed

import (
	"testing"
	"time"

	"phonon.in/central/shared/token"
)

func TestTheSampleProductIsOneThatCouldBeRegistered(t *testing.T) {
	c := Product(time.Now())
	if err := c.Check("http://127.0.0.1:3000"); err != nil || !token.IsID(string(c.ID)) || !c.Redirects("http://127.0.0.1:51004/callback") {
		t.Errorf("%v %+v", err, c)
	}
}

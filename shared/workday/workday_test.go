package workday

import (
	"testing"
	"time"
)

// at reads a time of India: 2026-11-26 is a Thursday, 2026-12-25 a Friday and Christmas, 2027-10-29 a Friday and Diwali.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, India)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWorkingHoursAreCountedFromWhenSomethingComesIn(t *testing.T) {
	for _, c := range []struct {
		name, from string
		hours      int
		want       string
	}{
		{"within a day", "2026-11-26 10:30", 4, "2026-11-26 14:30"},
		{"before 10:00 it counts from 10:00", "2026-11-26 03:15", 4, "2026-11-26 14:00"},
		{"at 10:00", "2026-11-26 10:00", 8, "2026-11-26 18:00"},
		{"a day that is just enough ends at 18:00, not on the next morning", "2026-11-26 17:00", 1, "2026-11-26 18:00"},
		{"at 18:00 the day is over", "2026-11-26 18:00", 1, "2026-11-27 11:00"},
		{"a minute before 18:00", "2026-11-26 17:59", 1, "2026-11-27 10:59"},
		{"late at night", "2026-11-26 23:59", 8, "2026-11-27 18:00"},
		{"over a weekend", "2026-11-27 17:00", 2, "2026-11-30 11:00"},
		{"on a Saturday", "2026-11-28 12:00", 8, "2026-11-30 18:00"},
		{"on a Sunday", "2026-11-29 23:00", 1, "2026-11-30 11:00"},
		{"over a holiday and the weekend behind it", "2026-12-24 17:00", 2, "2026-12-28 11:00"},
		{"on a holiday", "2026-12-25 11:00", 8, "2026-12-28 18:00"},
		{"over a holiday in the week", "2026-01-23 18:00", 8, "2026-01-27 18:00"},
		{"a holiday of the next year", "2027-10-28 14:00", 8, "2027-11-01 14:00"},
		{"over the end of a year", "2026-12-31 14:00", 8, "2027-01-01 14:00"},
		{"sixteen hours are two days", "2026-11-30 12:00", 16, "2026-12-02 12:00"},
		{"into a year whose holidays nobody knows", "2034-01-25 17:00", 2, "2034-01-26 11:00"},
		{"weekends are closed there, too", "2034-01-27 17:00", 2, "2034-01-30 11:00"},
		{"no hours", "2026-11-28 03:00", 0, "2026-11-28 03:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := at(t, c.from)
			for _, from := range []time.Time{from, from.UTC(), from.In(time.FixedZone("", -8*3600))} {
				if got := Due(from, c.hours); !got.Equal(at(t, c.want)) || got.Location() != time.UTC {
					t.Errorf("%s and %d hours: %s, want %s", from, c.hours, got.In(India), c.want)
				}
			}
		})
	}
}

func TestSecondsAreKept(t *testing.T) {
	from := at(t, "2026-11-27 17:00").Add(12*time.Second + 345*time.Millisecond)
	if got, want := Due(from, 1), at(t, "2026-11-30 10:00").Add(12*time.Second+345*time.Millisecond); !got.Equal(want) {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestItIsOpenFromTenToSixOnWorkingDays(t *testing.T) {
	for when, want := range map[string]bool{
		"2026-11-26 09:59": false, "2026-11-26 10:00": true, "2026-11-26 17:59": true, "2026-11-26 18:00": false,
		"2026-11-28 12:00": false, "2026-11-29 12:00": false, "2026-12-25 12:00": false, "2026-11-24 12:00": false, "2026-11-30 12:00": true,
		"2027-10-29 12:00": false, "2034-01-26 12:00": true,
	} {
		if Open(at(t, when)) != want || Open(at(t, when).UTC()) != want {
			t.Errorf("open at %s: %t", when, !want)
		}
	}
}

func TestTheListSaysWhichYearsItKnows(t *testing.T) {
	for year, want := range map[int]bool{2025: false, 2026: true, 2027: true, 2034: false} {
		if Covers(year) != want {
			t.Errorf("covers %d: %t", year, !want)
		}
	}
	all, _ := holidays()
	days := map[string]int{}
	for date := range all {
		days[date[:4]]++
	}
	if days["2026"] != 17 || days["2027"] != 16 { // 17 holidays a year; two of 2027 are on one day
		t.Errorf("%v", days)
	}
}

func TestALineThatIsNoHolidayIsNotPassedOver(t *testing.T) {
	for _, text := range []string{"2026-02-30 A day that is none", "26-01-2026 Republic Day", "2026-01-26", "2026-01-26 Once\n2026-01-26 Twice"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was read", text)
				}
			}()
			parse(text)
		}()
	}
}

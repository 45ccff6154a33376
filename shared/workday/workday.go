// Package workday counts working hours: 10:00 to 18:00 in India, Monday to Friday, without the holidays of holidays.txt.
package workday

import (
	_ "embed"
	"strings"
	"sync"
	"time"
)

// India is Indian Standard Time. It has had no summer time since 1945, so it needs no table of zones.
var India = time.FixedZone("IST", int((5*time.Hour+30*time.Minute)/time.Second))

const opens, closes = 10 * time.Hour, 18 * time.Hour // after midnight in India

//go:embed holidays.txt
var holidaysTXT string

// holidays are by day and by year. They are read when they are first asked for: most functions that link this package never do.
var holidays = sync.OnceValues(func() (map[string]string, map[int]bool) { return parse(holidaysTXT) })

// parse reads one day a line, as "2026-01-26 Republic Day"; lines that begin with # are for people. The second result is the years that
// have a day.
func parse(text string) (days map[string]string, years map[int]bool) {
	days, years = map[string]string{}, map[int]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		date, name, named := strings.Cut(line, " ")
		at, err := time.Parse(time.DateOnly, date)
		if err != nil || !named || days[date] != "" {
			panic("workday: holidays.txt: not a new date and a name: " + line)
		}
		days[date], years[at.Year()] = name, true
	}
	return days, years
}

// Covers reports that the holidays of a year are known. In other years only Saturdays and Sundays are closed.
func Covers(year int) bool {
	_, years := holidays()
	return years[year]
}

// Open reports that t is within working hours. At 18:00 they are over.
func Open(t time.Time) bool {
	day := midnight(t)
	past := t.Sub(day)
	return worked(day) && past >= opens && past < closes
}

// Due is when so many working hours have passed since from, in UTC. What comes in outside working hours counts from the next 10:00 on;
// hours that end with a day end at its 18:00. None have passed at from itself.
func Due(from time.Time, hours int) time.Time {
	left := time.Duration(hours) * time.Hour
	if left <= 0 {
		return from.UTC()
	}
	for day := midnight(from); ; day = day.AddDate(0, 0, 1) {
		start, end := day.Add(opens), day.Add(closes)
		if from.After(start) {
			start = from
		}
		if !worked(day) || !start.Before(end) {
			continue
		}
		if open := end.Sub(start); left > open {
			left -= open
			continue
		}
		return start.Add(left).UTC()
	}
}

func midnight(t time.Time) time.Time {
	year, month, day := t.In(India).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, India)
}

// worked reports that somebody works on a day of India.
func worked(day time.Time) bool {
	if d := day.Weekday(); d == time.Saturday || d == time.Sunday {
		return false
	}
	days, _ := holidays()
	return days[day.Format(time.DateOnly)] == ""
}

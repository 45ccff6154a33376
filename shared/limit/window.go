package limit

import "time"

// WindowStart is the start of the window that now is in. Windows of different whos start at different times, so that
// counters do not all open at the same moment.
func (u Use) WindowStart(now time.Time) time.Time {
	var shift time.Duration
	for _, c := range []byte(u.Who) {
		shift = (shift*31 + time.Duration(c)*time.Second) % u.Rule.Window
	}
	return now.Add(-shift).Truncate(u.Rule.Window).Add(shift)
}

// WindowEnd is when the window ends that now is in.
func (u Use) WindowEnd(now time.Time) time.Time { return u.WindowStart(now).Add(u.Rule.Window) }

// Spent is how much of the limit is used up: the uses of the present window, and of those in the window before the part that is less than a
// Window ago, taking them for evenly spread, rounded up. It is the sliding window counter of Cloudflare's limits ("Counting things, a lot of
// different things", 2017).
func (u Use) Spent(uses, before int, now time.Time) int {
	return uses + carried(before, u.WindowEnd(now).Sub(now), u.Rule.Window)
}

func carried(before int, left, window time.Duration) int {
	part, whole := left.Milliseconds(), window.Milliseconds()
	return int((int64(before)*part + whole - 1) / whole)
}

// RoomAt is when one more use passes, after so many in the present window and in the one before, if there are no others.
func (u Use) RoomAt(uses, before int, now time.Time) time.Time {
	end, room := u.WindowEnd(now), u.Rule.Max-uses-1
	if room < 0 { // not before the next window, of which this is the one before
		end, room, before = end.Add(u.Rule.Window), u.Rule.Max-1, uses
	}
	if before <= room {
		return later(now, end.Add(-u.Rule.Window))
	}
	left := u.Rule.Window.Milliseconds() * int64(room) / int64(before)
	return later(now, end.Add(-time.Duration(left)*time.Millisecond))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

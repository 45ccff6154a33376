package main

import "time"

// india has had one offset since 1945; the zone data of a machine is not needed for it.
var india = time.FixedZone("IST", 5*3600+1800)

// dateOf writes a day as letters in India do.
func dateOf(t time.Time) string { return t.In(india).Format("2 January 2006") }

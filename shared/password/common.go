package password

func isCommon(lowered string) bool { return false }

package kyc

// Load reads one version of the catalogue.
func Load(version string, data []byte) (*Catalogue, error) { return &Catalogue{Version: version}, nil }

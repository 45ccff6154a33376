package main

import "phonon.in/central/shared/kyc"

func checklistOf(kyc.Option) []checkView { return []checkView{} }

func checklists(*kyc.Catalogue) map[string][]checkView { return map[string][]checkView{} }

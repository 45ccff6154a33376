module phonon.in/central

go 1.26

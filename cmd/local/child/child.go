// Package child starts processes that do not outlive this one: those of the functions and of the engines.
package child

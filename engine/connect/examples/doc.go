// Package examples shows hookseal before the handlers of chi, echo and gin. It
// holds nothing to import: the few lines that a framework takes are in its
// example, and each passes the conformance suite.
//
// What each has to get right, besides handing on the request of the engine, is
// that the engine learns with which status the application has answered: with a
// store, what has failed is passed on again.
package examples

// Package attempt makes one HTTP try of a delivery.
//
// A try is whatever came of it, never an error: no address, no answer in time
// and a 503 are all a [webhook.Attempt] that did not succeed. A redirect is not
// followed, and is a failure. Of an answer the status counts; its body is kept
// for an operator to read, and never more of it is read than is worth having.
package attempt

// Package receive takes a webhook from an HTTP request to a committed event:
// read, judge, identify, route, accept, answer.
package receive

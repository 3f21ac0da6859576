// Package demo is the main job from end to end: what `hookseal demo` runs.
//
// It opens the real engine on loopback ports, with a store in a temporary
// folder, both kinds of guest and endpoints that are HTTP servers. A sender for
// each provider posts webhooks, forged, stale, malformed and repeated ones among
// the good. What the senders were answered, what the store holds and what the
// endpoints got is then held against what should have come out.
//
// The endpoints check signatures with code of their own, so that the demo does
// not prove hookseal by hookseal.
package demo

// Package dispatch brings the deliveries that a store holds to their endpoints:
// lease, transform once, sign, attempt, settle.
//
// What holds whatever happens:
//
//   - A delivery is settled only by what came of it. One that could not be
//     settled (the store failed, the process died) is handed out again when its
//     lease has ended: at least once, never not at all.
//   - A lease is extended for as long as its attempt runs, and an attempt whose
//     lease was lost is given up: no endpoint, however slow, is sent a delivery
//     by two holders at once.
//   - A transform's outputs are committed before the first attempt. Every
//     attempt sends the same body under the same message ID.
//   - An endpoint takes no more than its own slots, so that a slow or dead one
//     delays nobody but itself.
//
// What comes while its endpoint has a slot free and nothing older waits is committed
// as leased already ([Dispatcher.Accept]), and is on its way once the sender has its
// answer. Everything else is found in the store.
//
// What a delivery's outcome means is decided by [webhook.DeliveryPolicy].
//
// # What an attempt says about its endpoint
//
// A dispatcher remembers, for itself and until it ends, how each endpoint took
// what it was sent, and begins as many attempts as that allows:
//
//   - It gives an endpoint that it does not know one slot, one more after each
//     answer, and half as many after each failure.
//   - After ten attempts in a row that got no answer, a 5xx or a 408 the
//     endpoint's breaker opens ([Breaker]): for ten seconds nothing is sent, then
//     one delivery, the one that is due for longest. If that fails, the pause is
//     doubled, up to five minutes; any answer that concerns the delivery alone,
//     such as 400, closes the breaker.
//   - After 429 or 503 the endpoint is left alone for as long as Retry-After
//     says, bounded by the policy, or for a second, doubled each time in a row up
//     to a minute.
//   - [Endpoint].Rate spaces the beginnings of attempts evenly.
//
// A delivery that waits for any of this stays pending and keeps its attempts: its
// schedule counts what was tried, not what could have been. So what is behind an
// endpoint that is down for days is not exhausted by that, but for those whose
// attempts were the probes; to give up on an endpoint is the policy's DisableAfter.
//
// # Fairness
//
// While half of all slots are free, an endpoint may have its own number of them;
// the fewer are free, the smaller its share, and the last go to endpoints that
// have none. Endpoints that fail share a quarter of the slots. So many dead
// endpoints hardly slow the others. Where many that were well die at the same
// moment, with all of their slots in use, the others go slower until the first
// timeout.
package dispatch

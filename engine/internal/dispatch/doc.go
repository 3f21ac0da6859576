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
//     delays nobody but itself. Only when so many are slow that together they
//     fill every slot of the dispatcher do the others wait for a timeout.
//
// What a delivery's outcome means is decided by [webhook.DeliveryPolicy].
package dispatch

package host

import (
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func conditionFunctions() map[string]function {
	f := func(params string, run func(a args)) function {
		return function{params: params, silent: true, hook: webhook.HookClaim, run: func(a args) hostabi.Result {
			run(a)
			return 0
		}}
	}
	return map[string]function{
		hostabi.FuncConditionEquals: f("iii", addEquals),
		hostabi.FuncConditionIn:     f("ii", addInSet),
		hostabi.FuncConditionMember: f("ii", addMember),
		hostabi.FuncConditionDigest: f("iiiii", addDigestCondition),
		hostabi.FuncConditionTime:   f("iiiIi", addTimeCondition),
	}
}

// condition_equals(left, right, optional)
func addEquals(a args) {
	left, right := a.call.value(a.i32(0)), a.call.value(a.i32(1))
	a.addCondition(webhook.Condition{
		Kind: webhook.Equals, Left: left.Value, Right: right.Value, Optional: a.flag(2),
		Fault: earlier(left.fault, right.fault),
	})
}

// condition_in(left, optional); the members follow.
func addInSet(a args) {
	left := a.call.value(a.i32(0))
	a.addCondition(webhook.Condition{Kind: webhook.InSet, Left: left.Value, Optional: a.flag(1), Fault: left.fault})
}

// condition_member(text, len)
func addMember(a args) {
	a.count()
	cond := a.condition()
	if cond.Kind != webhook.InSet {
		a.call.misuse("%s: the last condition is no set", a.name)
	}
	cond.Set = append(cond.Set, a.held(0))
}

// condition_digest(left, algorithm, len, encoding, optional); the parts follow,
// up to part_end.
func addDigestCondition(a args) {
	left := a.call.value(a.i32(0))
	d := &webhook.Digest{Algorithm: webhook.Algorithm(a.held(1)), Encoding: a.encoding(3)}
	a.addCondition(webhook.Condition{
		Kind: webhook.DigestEquals, Left: left.Value, Digest: d, Optional: a.flag(4), Fault: left.fault,
	})
	a.beginDigest(d)
}

// condition_time(bound, left, unit, leeway_ms, optional)
func addTimeCondition(a args) {
	kind := webhook.NotBefore
	switch bound := hostabi.Bound(a.i32(0)); bound {
	case hostabi.NotBefore:
	case hostabi.NotAfter:
		kind = webhook.NotAfter
	default:
		a.call.misuse("there is no bound %d", bound)
	}
	left := a.call.value(a.i32(1))
	a.addCondition(webhook.Condition{
		Kind: kind, Left: left.Value, Unit: a.unit(2), Leeway: a.milliseconds(3), Optional: a.flag(4), Fault: left.fault,
	})
}

func (a args) addCondition(cond webhook.Condition) {
	a.closed()
	b := a.count()
	if cond.Fault != "" {
		cond.Optional = false
	}
	b.conditions = append(b.conditions, cond)
}

// inCondition reports whether parts go to the digest of a condition.
func (a args) inCondition() bool {
	b := &a.call.claim
	n := len(b.conditions)
	return len(b.open) > 0 && n > 0 && b.conditions[n-1].Digest == b.open[0]
}

// time_bound(past_ms, future_ms)
func boundTime(a args) {
	t := &a.call.claim.time
	t.Past, t.Future, t.Enforced = a.milliseconds(0), a.milliseconds(1), true
}

// time_tolerance(text, len) bounds it on both sides by a duration in the words of
// the configuration, or lifts the bounds for "off".
func tolerateTime(a args) {
	t, text := &a.call.claim.time, a.text(0)
	if text == "off" {
		t.Past, t.Future, t.Enforced = 0, 0, false
		return
	}
	bound, err := time.ParseDuration(text)
	if err != nil || bound <= 0 {
		a.call.misuse("%s: %q is no positive duration such as \"5m\", and not \"off\"", a.name, clip(text))
	}
	t.Past, t.Future, t.Enforced = bound, bound, true
}

// milliseconds returns the duration that the i-th argument gives.
func (a args) milliseconds(i int) time.Duration {
	const most = int64(100 * 365 * 24 * time.Hour / time.Millisecond)
	n := a.i64(i)
	if n < 0 || n > most {
		a.call.misuse("%s: %d milliseconds are not from 0 to %d", a.name, n, most)
	}
	return time.Duration(n) * time.Millisecond
}

// unit returns the time unit that the i-th argument gives.
func (a args) unit(i int) webhook.TimeUnit {
	switch unit := hostabi.TimeUnit(a.i32(i)); unit {
	case hostabi.UnixSeconds:
		return webhook.UnixSeconds
	case hostabi.UnixMilliseconds:
		return webhook.UnixMilliseconds
	case hostabi.RFC3339:
		return webhook.RFC3339
	case hostabi.ISO8601:
		return webhook.ISO8601
	case hostabi.DotNetInvariant:
		return webhook.DotNetInvariant
	case hostabi.HTTPDate:
		return webhook.HTTPDate
	default:
		a.call.misuse("there is no time unit %d", unit)
		return ""
	}
}

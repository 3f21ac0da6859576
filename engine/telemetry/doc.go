// Package telemetry counts what an engine does, for Prometheus. It is the one
// home of the client library.
//
//	metrics := telemetry.New()
//	running, err := configfile.Open(path, configfile.Options{Observer: metrics})
//	metrics.Watch(running.Store)
//	mux.Handle("/metrics", metrics.Handler())
//
// Labels hold names of the configuration and words of closed lists alone, never
// text of a request, so that no sender can make the metrics grow. Of endpoints, of
// subscriptions and of the secrets of a source only so many are told apart; the
// others are counted together as "other".
package telemetry

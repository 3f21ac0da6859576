// Package enginetest holds the conformance suite of connectors: of what stands
// between a sender and an application and has an engine judge what comes.
//
// The promise that [Run] proves is that the application receives the body that
// was sent, byte for byte, or no request at all.
//
//	func TestConformance(t *testing.T) {
//		enginetest.Run(t, enginetest.Connector{
//			Start: func(t *testing.T, s enginetest.Setup) enginetest.Entry {
//				return enginetest.Entry{Addr: enginetest.Serve(t, s.Engine.Middleware(s.Source)(s.App))}
//			},
//		})
//	}
package enginetest

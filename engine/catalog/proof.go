package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Proof is what came of running the vectors of a pack.
type Proof struct {
	// Accepts, Challenges and Rejects count the vectors by what they expect.
	Accepts, Challenges, Rejects int
	// Failures are the vectors that came out differently, in order, and then,
	// from [ProveStrictly], those that fall short otherwise.
	Failures []VectorFailure
	// Faults are what [ProveStrictly] finds wrong with the pack as a whole.
	Faults []error
}

// VectorFailure is a vector that came out differently, or falls short.
type VectorFailure struct {
	// Vector is its name, and Line where it begins in its file.
	Vector string
	Line   int
	// Err says what came out and what was expected.
	Err error
}

// Prove runs every vector of a pack. The function opens the pack under the
// settings that a vector asks for, nil for its defaults; Prove closes what it
// has opened.
//
// The error means that the pack or its vectors could not be read. That a vector
// failed is not an error but a part of the [Proof].
func Prove(ctx context.Context, open func(settings map[string]string) (*Pack, error)) (Proof, error) {
	var proof Proof
	defaults, err := open(nil)
	if err != nil {
		return proof, err
	}
	vectors, err := defaults.Vectors()
	if err != nil {
		return proof, errors.Join(err, defaults.Close(ctx))
	}
	for _, v := range vectors {
		switch v.Expect.Outcome {
		case webhook.Accept.String():
			proof.Accepts++
		case webhook.Challenged.String():
			proof.Challenges++
		default:
			proof.Rejects++
		}
		if err := proveOne(ctx, &v, defaults, open); err != nil {
			proof.Failures = append(proof.Failures, VectorFailure{v.Name, v.line, err})
		}
	}
	return proof, defaults.Close(ctx)
}

func proveOne(ctx context.Context, v *Vector, defaults *Pack, open func(map[string]string) (*Pack, error)) error {
	if len(v.Settings) == 0 {
		return v.Run(ctx, defaults)
	}
	p, err := open(v.Settings)
	if err != nil {
		return err
	}
	return errors.Join(v.Run(ctx, p), p.Close(ctx))
}

// Err reports why the pack is not proven: that of [Proof.Unproven], every fault
// and every failure.
func (p Proof) Err() error {
	faults := append([]error{p.Unproven()}, p.Faults...)
	for _, f := range p.Failures {
		faults = append(faults, fmt.Errorf("%s: %w", f.Vector, f.Err))
	}
	return errors.Join(faults...)
}

// Unproven reports that the vectors, however they came out, are too few: a pack
// needs one that is accepted and one that is refused.
func (p Proof) Unproven() error {
	if p.Accepts > 0 && p.Rejects > 0 {
		return nil
	}
	return fmt.Errorf("a pack needs a vector that is accepted and one that is refused; it has %d and %d", p.Accepts, p.Rejects)
}

package tomlfile

import (
	"math"
	"reflect"
)

// scalar decodes what is neither table nor array.
func (d *decoder) scalar(at spot, value any, target reflect.Value) {
	switch value := value.(type) {
	case string:
		if target.Kind() == reflect.String {
			target.SetString(value)
			return
		}
	case bool:
		if target.Kind() == reflect.Bool {
			target.SetBool(value)
			return
		}
	case int64:
		if target.CanInt() || target.CanUint() {
			d.integer(at, value, target)
			return
		}
		if target.CanFloat() {
			target.SetFloat(float64(value))
			return
		}
	case float64:
		if target.CanFloat() {
			d.float(at, value, target)
			return
		}
	}
	if target.Kind() == reflect.Interface {
		target.Set(reflect.ValueOf(value))
		return
	}
	d.mismatch(at, value, target.Type())
}

func (d *decoder) integer(at spot, value int64, target reflect.Value) {
	bits := target.Type().Bits()
	if target.CanInt() {
		if target.OverflowInt(value) {
			limit := int64(1) << (bits - 1)
			d.fault(at, "expected an integer from %d to %d, found %d", -limit, limit-1, value)
			return
		}
		target.SetInt(value)
		return
	}
	if value < 0 || target.OverflowUint(uint64(value)) {
		d.fault(at, "expected an integer from 0 to %d, found %d", uint64(math.MaxUint64)>>(64-bits), value)
		return
	}
	target.SetUint(uint64(value))
}

func (d *decoder) float(at spot, value float64, target reflect.Value) {
	if math.IsNaN(value) || math.IsInf(value, 0) || target.OverflowFloat(value) {
		d.fault(at, "expected a finite number of %d bits, found %g", target.Type().Bits(), value)
		return
	}
	target.SetFloat(value)
}

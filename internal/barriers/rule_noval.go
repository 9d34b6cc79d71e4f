package barriers

import (
	"errors"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

type reflectType = reflect.Type

// noVal is the part of CEL's value interface that our carriers of values have no use for: they are indexed and nothing else, and Compile
// refuses a rule that would do more.
type noVal struct{}

func (noVal) ConvertToNative(reflectType) (any, error) {
	return nil, errors.New("this cannot be taken out of a rule")
}
func (noVal) ConvertToType(ref.Type) ref.Val { return types.NewErr("this cannot be converted") }
func (noVal) Equal(ref.Val) ref.Val          { return types.NewErr("this cannot be compared") }
func (noVal) Type() ref.Type                 { return types.NewMapType(types.StringType, types.DynType) }

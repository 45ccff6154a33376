package store

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// values are expression values by placeholder.
type values map[string]any

func (v values) marshal() item {
	if len(v) == 0 {
		return nil
	}
	m := make(item, len(v))
	for name, value := range v {
		if av, ok := value.(types.AttributeValue); ok {
			m[name] = av
			continue
		}
		av, err := attributevalue.Marshal(value)
		if err != nil {
			panic("store: cannot encode " + name + ": " + err.Error())
		}
		m[name] = av
	}
	return m
}

// change is one update of one item: an update expression and the condition under which it applies.
type change struct {
	key    key
	set    string
	when   string
	values values
	names  map[string]string
}

func (c change) condition() *string {
	if c.when == "" {
		return nil
	}
	return &c.when
}

func updateIn(table string, c change) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &table, Key: marshal(c.key), UpdateExpression: &c.set, ConditionExpression: c.condition(),
		ExpressionAttributeValues: c.values.marshal(), ExpressionAttributeNames: c.names,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// checkIn holds a transaction to the condition of a change and writes nothing.
func checkIn(table string, c change) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &table, Key: marshal(c.key), ConditionExpression: c.condition(),
		ExpressionAttributeValues: c.values.marshal(), ExpressionAttributeNames: c.names,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// putNew inserts a row whose key must not exist yet.
func putNew(table string, row any) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &table, Item: marshal(row), ConditionExpression: aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// putOver inserts a row or replaces the one that has its key.
func putOver(table string, row any) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: marshal(row)}}
}

func deleteIn(table string, k key) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: marshal(k)}}
}

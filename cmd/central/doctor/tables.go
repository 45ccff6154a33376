package doctor

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const noTable = "ResourceNotFoundException"

// onTable makes a check of one table.
func onTable(name func(*Subject) string, look func(*Subject, context.Context, string) Finding) func(*Subject, context.Context) Finding {
	return func(s *Subject, ctx context.Context) Finding {
		table := name(s)
		if table == "" {
			return skip("the table's name is not known")
		}
		return look(s, ctx, table)
	}
}

func (s *Subject) table(ctx context.Context, name string) Finding {
	found, err := s.DynamoDB.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	switch {
	case code(err) == noTable:
		return bad("look whether the name is right, and the region; or deploy the stack", "no table %s", name)
	case err != nil:
		return s.failed(err)
	case found.Table.TableStatus != types.TableStatusActive:
		return bad("wait until it is ACTIVE", "%s is %s", name, found.Table.TableStatus)
	}
	return ok("%s is ACTIVE, about %d items", name, aws.ToInt64(found.Table.ItemCount))
}

func (s *Subject) deletionProtection(ctx context.Context, name string) Finding {
	found, err := s.DynamoDB.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	switch {
	case code(err) == noTable:
		return skip("there is no such table")
	case err != nil:
		return s.failed(err)
	case !aws.ToBool(found.Table.DeletionProtectionEnabled):
		return bad("aws dynamodb update-table --table-name "+name+" --deletion-protection-enabled", "%s can be deleted by one call", name)
	}
	return ok("%s is protected from deletion", name)
}

const lifetime = "expiresAt"

func (s *Subject) ttl(ctx context.Context, name string) Finding {
	found, err := s.DynamoDB.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	do := "aws dynamodb update-time-to-live --table-name " + name + " --time-to-live-specification AttributeName=" + lifetime + ",Enabled=true"
	switch {
	case code(err) == noTable:
		return skip("there is no such table")
	case err != nil:
		return s.failed(err)
	}
	d := found.TimeToLiveDescription
	on := d != nil && (d.TimeToLiveStatus == types.TimeToLiveStatusEnabled || d.TimeToLiveStatus == types.TimeToLiveStatusEnabling)
	switch {
	case !on:
		return bad(do, "time to live of %s is off: what has expired stays", name)
	case aws.ToString(d.AttributeName) != lifetime:
		return bad(do, "time to live of %s looks at %s", name, aws.ToString(d.AttributeName))
	}
	return ok("time to live of %s looks at %s", name, lifetime)
}

func (s *Subject) recovery(ctx context.Context, name string) Finding {
	found, err := s.DynamoDB.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &name})
	do := "aws dynamodb update-continuous-backups --table-name " + name + " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
	switch {
	case strings.HasSuffix(code(err), "NotFoundException"):
		return skip("there is no such table")
	case err != nil:
		return s.failed(err)
	}
	if b := found.ContinuousBackupsDescription; b != nil {
		if r := b.PointInTimeRecoveryDescription; r != nil && r.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled {
			return ok("point-in-time recovery of %s is on", name)
		}
	}
	return bad(do, "point-in-time recovery of %s is off", name)
}

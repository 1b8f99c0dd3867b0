# A caller who brings everything, made in the same apply: nothing here is known at plan.

resource "aws_kms_key" "own" {}

resource "aws_s3_bucket" "own" {}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role" "own" {
  for_each           = toset(["processor", "detector", "orchestrator", "reader"])
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "own" {
  for_each = {
    processor    = module.files.processor_policy_json
    detector     = module.files.detector_policy_json
    orchestrator = module.files.orchestrator_policy_json
    reader       = module.files.reports_reader_policy_json
  }
  role   = aws_iam_role.own[each.key].id
  policy = each.value
}

resource "aws_vpc" "own" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "own" {
  vpc_id     = aws_vpc.own.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_route_table" "own" {
  vpc_id = aws_vpc.own.id
}

resource "aws_security_group" "own" {
  vpc_id = aws_vpc.own.id
}

resource "aws_sns_topic" "own" {}

resource "aws_secretsmanager_secret" "own" {}

module "files" {
  source = "./files"

  name                  = "sage-test"
  environment_name      = "test"
  kms_key_arn           = aws_kms_key.own.arn
  bucket                = { name = aws_s3_bucket.own.bucket, arn = aws_s3_bucket.own.arn }
  secrets               = [aws_secretsmanager_secret.own.arn]
  processor_role        = { arn = aws_iam_role.own["processor"].arn }
  detector_role         = { arn = aws_iam_role.own["detector"].arn }
  permissions_boundary  = aws_iam_policy.boundary.arn
  vpc                   = { subnet_ids = [aws_subnet.own.id], security_group_ids = [aws_security_group.own.id] }
  vpc_endpoints         = { vpc_id = aws_vpc.own.id, route_table_ids = [aws_route_table.own.id] }
  alarm_topic           = { arn = aws_sns_topic.own.arn }
  environment_variables = { BUCKET = aws_s3_bucket.own.bucket }
  tags                  = { team = aws_vpc.own.id }
}

output "files" {
  value = module.files
}

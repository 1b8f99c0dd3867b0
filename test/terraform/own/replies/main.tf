# A caller who brings everything, made in the same apply: nothing here is known at plan.

resource "aws_kms_key" "own" {}

# The sister service's table.
resource "aws_dynamodb_table" "own" {
  name         = "shared-conversations"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "primary_channel"
  range_key    = "conversation_id"
  attribute {
    name = "primary_channel"
    type = "S"
  }
  attribute {
    name = "conversation_id"
    type = "S"
  }
}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role" "own" {
  for_each           = toset(["webhook", "worker", "sweeper"])
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "own" {
  for_each = {
    webhook = module.replies.webhook_policy_json
    worker  = module.replies.worker_policy_json
    sweeper = module.replies.sweeper_policy_json
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

resource "aws_security_group" "own" {
  vpc_id = aws_vpc.own.id
}

resource "aws_sns_topic" "own" {}

resource "aws_secretsmanager_secret" "own" {
  for_each = toset(["model", "twilio"])
  name     = "own-${each.key}"
}

resource "aws_s3_bucket" "code" {}

module "replies" {
  source = "./replies"

  environment_name      = "prod"
  kms_key_arn           = aws_kms_key.own.arn
  conversations_table   = { name = aws_dynamodb_table.own.name, arn = aws_dynamodb_table.own.arn }
  model_secrets         = [aws_secretsmanager_secret.own["model"].arn]
  twilio_secrets        = [aws_secretsmanager_secret.own["twilio"].arn]
  log_hash_key          = "a key that only we know"
  webhook_role          = { arn = aws_iam_role.own["webhook"].arn }
  worker_role           = { arn = aws_iam_role.own["worker"].arn }
  sweeper_role          = { arn = aws_iam_role.own["sweeper"].arn }
  permissions_boundary  = aws_iam_policy.boundary.arn
  vpc                   = { subnet_ids = [aws_subnet.own.id], security_group_ids = [aws_security_group.own.id] }
  alarm_topic           = { arn = aws_sns_topic.own.arn }
  package               = { s3 = { bucket = aws_s3_bucket.code.bucket, key = "replies.zip" } }
  environment_variables = { BUCKET = aws_s3_bucket.code.bucket }
  tags                  = { team = aws_vpc.own.id }
}

output "replies" {
  value = module.replies
}

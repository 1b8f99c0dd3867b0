# A caller who brings everything, made in the same apply: nothing here is known at plan.

resource "aws_kms_key" "own" {}

resource "aws_s3_bucket" "own" {}

resource "aws_dynamodb_table" "own" {
  name         = "own-locks"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "user_id"
  attribute {
    name = "user_id"
    type = "S"
  }
}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role" "own" {
  for_each           = toset(["ingress", "worker"])
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "own" {
  for_each = {
    ingress = module.bot.ingress_policy_json
    worker  = module.bot.worker_policy_json
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

resource "aws_ssm_parameter" "own" {
  name  = "/own/env"
  type  = "SecureString"
  value = "WHATSAPP_TOKEN=x"
}

resource "aws_s3_bucket" "code" {}

module "bot" {
  source = "./bot"

  name                  = "own"
  busy_policy           = "fifo"
  env_parameter_name    = aws_ssm_parameter.own.name
  check_env_parameter   = false
  kms_key_arn           = aws_kms_key.own.arn
  bucket                = { name = aws_s3_bucket.own.bucket, arn = aws_s3_bucket.own.arn }
  lock_table            = { name = aws_dynamodb_table.own.name, arn = aws_dynamodb_table.own.arn }
  ingress_role          = { arn = aws_iam_role.own["ingress"].arn }
  worker_role           = { arn = aws_iam_role.own["worker"].arn }
  permissions_boundary  = aws_iam_policy.boundary.arn
  vpc                   = { subnet_ids = [aws_subnet.own.id], security_group_ids = [aws_security_group.own.id] }
  alarm_topic_arn       = aws_sns_topic.own.arn
  package               = { s3 = { bucket = aws_s3_bucket.code.bucket, key = "agent.zip" } }
  environment_variables = { BUCKET = aws_s3_bucket.own.bucket }
  tags                  = { team = aws_vpc.own.id }
}

output "bot" {
  value = module.bot
}

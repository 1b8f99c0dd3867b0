# A reply engine beside the sister service that owns the conversations. See README.md.

terraform {
  required_version = ">= 1.6.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0"
    }
  }
}

variable "region" {
  type    = string
  default = "eu-north-1"
}

variable "environment" {
  type    = string
  default = "dev"
}

# Credentials come from the environment.
provider "aws" {
  region = var.region
}

# The table of the sister service, which writes the records.
data "aws_dynamodb_table" "conversations" {
  name = "ai-multi-comms-conversations-${var.environment}"
}

module "replies" {
  # From a release, unpacked: hookline-replies-module-<version>.tar.gz
  source = "../../../dist/modules/replies"

  environment_name    = var.environment
  package             = { path = "${path.root}/dist/replies.zip" }
  conversations_table = { name = data.aws_dynamodb_table.conversations.name, arn = data.aws_dynamodb_table.conversations.arn }

  # After a hard kill a message is back within a minute.
  heartbeat_interval_ms = 30000
}

output "webhook_url" {
  description = "Address to give to Twilio."
  value       = module.replies.webhook_url
}

output "human_handoff_queue_url" {
  description = "Queue that people answer from."
  value       = module.replies.human_handoff_queue_url
}

# Two bots with one agent of your own. See README.md.

terraform {
  required_version = ">= 1.6.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0"
    }
  }
}

# Region and credentials come from the environment.
provider "aws" {}

locals {
  bots = {
    shop-whatsapp = "whatsapp"
    shop-telegram = "telegram"
  }
}

module "bot" {
  # From a release, unpacked: hookline-bot-module-<version>.tar.gz
  source   = "../../dist/modules/bot"
  for_each = local.bots

  name        = each.key
  bot_type    = each.value
  busy_policy = "fifo"
  package     = { path = "${path.root}/dist/agent.zip" }
}

output "webhook_urls" {
  description = "Addresses to give to WhatsApp and Telegram."
  value       = { for name, bot in module.bot : name => bot.webhook_url }
}

output "env_parameter_names" {
  description = "SSM parameters that hold the secrets."
  value       = { for name, bot in module.bot : name => bot.env_parameter_name }
}

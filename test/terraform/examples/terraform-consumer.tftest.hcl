mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
  mock_data "aws_ssm_parameter" {
    defaults = {
      type = "SecureString"
    }
  }
}

run "two_bots" {
  command = plan

  assert {
    condition     = join(",", keys(output.env_parameter_names)) == "shop-telegram,shop-whatsapp"
    error_message = "there are two bots"
  }
  assert {
    condition     = output.env_parameter_names["shop-telegram"] == "/shop-telegram/prod/env"
    error_message = "each has its own parameter"
  }
}

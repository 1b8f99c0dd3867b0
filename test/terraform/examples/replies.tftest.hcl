mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
  mock_data "aws_dynamodb_table" {
    defaults = {
      arn = "arn:aws:dynamodb:eu-north-1:123456789012:table/ai-multi-comms-conversations-dev"
    }
  }
}

run "on_the_table_of_the_sister_service" {
  command = plan

  assert {
    condition     = module.replies.conversations_table_name == "ai-multi-comms-conversations-dev"
    error_message = "the table is the sister service's"
  }
  assert {
    condition     = module.replies.worker_function_name == "ai-multi-comms-replies-whatsapp-messaging-dev"
    error_message = "names have prefix and environment"
  }
}

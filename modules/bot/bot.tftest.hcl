# Runs in a root of its own, with the published module in ./bot (test/terraform/module.test.ts).

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
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }
  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }
  mock_data "aws_region" {
    defaults = {
      id = "eu-west-1"
    }
  }
  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:queue"
    }
  }
  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:function"
    }
  }
  mock_resource "aws_lambda_alias" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:function:live"
    }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api"
    }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api"
    }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:group"
    }
  }
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/role"
    }
  }
}

run "defaults" {
  module {
    source = "./bot"
  }

  assert {
    condition     = output.queue_url == null && length(aws_lambda_event_source_mapping.jobs) == 0
    error_message = "drop has no queue"
  }
  assert {
    condition     = length(aws_lambda_function_event_invoke_config.jobs) == 1
    error_message = "drop hands over by asynchronous invocation"
  }
  assert {
    condition     = output.http_api_id == null && output.rest_api_stage == "Prod"
    error_message = "rest is the default API"
  }
  assert {
    condition     = aws_s3_bucket.bucket[0].bucket == "hookline-123456789012-eu-west-1"
    error_message = "the bucket is named after account and region"
  }
  assert {
    condition     = output.env_parameter_name == "/hookline/prod/env"
    error_message = "the parameter is named after the bot"
  }
}

run "fifo" {
  variables {
    name                   = "shop"
    busy_policy            = "fifo"
    worker_timeout_seconds = 5
    max_receive_count      = 2
  }
  module {
    source = "./bot"
  }

  assert {
    condition     = aws_sqs_queue.jobs[0].visibility_timeout_seconds == 30
    error_message = "visibility is six times the timeout"
  }
  assert {
    condition     = aws_sqs_queue.jobs[0].name == "shop-jobs.fifo" && aws_sqs_queue.dead.name == "shop-dead.fifo"
    error_message = "a FIFO queue has a FIFO dead-letter queue"
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.jobs[0].redrive_policy).maxReceiveCount == 2
    error_message = "max_receive_count is the queue's"
  }
  assert {
    condition = (
      jsondecode(aws_sqs_queue.jobs[0].policy).Statement[0].Resource == "arn:aws:sqs:eu-west-1:123456789012:shop-jobs.fifo" &&
      jsondecode(aws_sqs_queue.dead.policy).Statement[0].Resource == "arn:aws:sqs:eu-west-1:123456789012:shop-dead.fifo"
    )
    error_message = "the policy of a queue names the queue"
  }
  assert {
    condition     = aws_lambda_event_source_mapping.jobs[0].batch_size == 1
    error_message = "fifo works one message at a time"
  }
}

run "merge" {
  command = plan
  variables {
    busy_policy = "merge"
  }
  module {
    source = "./bot"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.jobs[0].batch_size == 10
    error_message = "merge takes ten messages at a time"
  }
}

run "single_function" {
  command = plan
  variables {
    single_function = true
    api             = "http"
  }
  module {
    source = "./bot"
  }

  assert {
    condition     = length(aws_lambda_function.ingress) == 0 && output.ingress_function_name == null
    error_message = "there is one function"
  }
  assert {
    condition     = endswith(aws_lambda_function.worker.filename, "/bot.zip")
    error_message = "it runs the combined bundle"
  }
  assert {
    condition     = output.rest_api_id == null && length(aws_apigatewayv2_route.api_http_post) == 1
    error_message = "its front door is the HTTP API"
  }
}

run "function_url" {
  command = plan
  variables {
    api = "function_url"
  }
  module {
    source = "./bot"
  }

  assert {
    condition     = length(aws_lambda_function_url.api_url) == 1 && length(aws_api_gateway_rest_api.api_rest) == 0
    error_message = "its front door is a function URL"
  }
}

run "everything_off" {
  command = plan
  variables {
    alarms                = false
    dashboard             = false
    tracing               = false
    capture_failed_events = false
    check_env_parameter   = false
  }
  module {
    source = "./bot"
  }

  assert {
    condition     = length(data.aws_ssm_parameter.env_parameter) == 0
    error_message = "false stays false: check_env_parameter"
  }
  assert {
    condition     = aws_lambda_function.worker.tracing_config[0].mode == "PassThrough"
    error_message = "false stays false: tracing"
  }
  assert {
    condition     = aws_lambda_function.worker.environment[0].variables.CAPTURE_FAILED_EVENTS == "false"
    error_message = "false stays false: capture_failed_events"
  }
}

run "warm" {
  command = plan
  variables {
    worker_provisioned_concurrency = { min = 1, max = 4 }
    worker_reserved_concurrency    = 0
    ingress_reserved_concurrency   = 20
    environment_variables          = { GRAPH_API_URL = "https://example.com", BOT_TYPE = "telegram" }
    manage_api_gateway_account     = true
    special_token_files            = ["google.json"]
    token_env_map                  = { "google.json" = "GOOGLE_APPLICATION_CREDENTIALS" }
    package                        = { s3 = { bucket = "code", key = "agent.zip", version = "1" } }
  }
  module {
    source = "./bot"
  }

  assert {
    condition     = aws_appautoscaling_target.worker[0].max_capacity == 4
    error_message = "provisioned concurrency scales"
  }
  assert {
    condition     = aws_lambda_function.worker.reserved_concurrent_executions == 0
    error_message = "zero stays zero"
  }
  assert {
    condition = (
      aws_lambda_function.worker.environment[0].variables.GRAPH_API_URL == "https://example.com" &&
      aws_lambda_function.worker.environment[0].variables.BOT_TYPE == "whatsapp"
    )
    error_message = "environment_variables adds and does not replace"
  }
  assert {
    condition = (
      aws_lambda_function.worker.environment[0].variables.SPECIAL_TOKEN_FILES_JSON == "[\"google.json\"]" &&
      aws_lambda_function.worker.environment[0].variables.TOKEN_ENV_MAP_JSON == "{\"google.json\":\"GOOGLE_APPLICATION_CREDENTIALS\"}"
    )
    error_message = "token files reach the worker as JSON"
  }
  assert {
    condition     = aws_lambda_function.worker.s3_key == "agent.zip" && aws_lambda_function.worker.filename == null
    error_message = "the user's package replaces the worker's"
  }
}

run "short_lock" {
  command = plan
  variables {
    lock_ttl_seconds = 130
  }
  module {
    source = "./bot"
  }
  expect_failures = [aws_lambda_function.worker]
}

run "open_single_function" {
  command = plan
  variables {
    single_function = true
    api             = "function_url"
  }
  module {
    source = "./bot"
  }
  expect_failures = [aws_lambda_function.worker]
}

run "two_sources" {
  command = plan
  variables {
    package = { path = "a.zip", s3 = { bucket = "code", key = "agent.zip" } }
  }
  module {
    source = "./bot"
  }
  expect_failures = [aws_lambda_function.worker]
}

run "wrong_words" {
  command = plan
  variables {
    name                   = "Has Capitals"
    busy_policy            = "maybe"
    worker_timeout_seconds = 901
    env_parameter_name     = "no-slash"
    role_path              = "no-slash"
  }
  module {
    source = "./bot"
  }
  expect_failures = [var.name, var.busy_policy, var.worker_timeout_seconds, var.env_parameter_name, var.role_path]
}

run "plain_parameter" {
  command = plan
  override_data {
    target = data.aws_ssm_parameter.env_parameter
    values = {
      type = "String"
    }
  }
  module {
    source = "./bot"
  }
  expect_failures = [data.aws_ssm_parameter.env_parameter]
}

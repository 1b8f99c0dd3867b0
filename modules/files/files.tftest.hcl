# Runs in a root of its own, with the published module in ./files (test/terraform/module.test.ts).

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
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
      id = "eu-north-1"
    }
  }
  mock_resource "aws_dynamodb_table" {
    defaults = {
      arn = "arn:aws:dynamodb:eu-north-1:123456789012:table/table"
    }
  }
  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-north-1:123456789012:queue"
    }
  }
  mock_resource "aws_sns_topic" {
    defaults = {
      arn = "arn:aws:sns:eu-north-1:123456789012:topic"
    }
  }
  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-north-1:123456789012:function:function"
    }
  }
  mock_resource "aws_lambda_alias" {
    defaults = {
      arn = "arn:aws:lambda:eu-north-1:123456789012:function:function:live"
    }
  }
  mock_resource "aws_s3_bucket" {
    defaults = {
      arn = "arn:aws:s3:::bucket"
    }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-north-1:123456789012:log-group:group"
    }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-north-1:123456789012:rule/rule"
    }
  }
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/role"
    }
  }
}

run "stated_values" {
  module {
    source = "./files"
  }

  assert {
    condition = (
      aws_lambda_function.processor.function_name == "sage-file-processor" &&
      aws_dynamodb_table.locks.name == "sage_execution_locks" &&
      aws_dynamodb_table.executions.name == "sage_executions" &&
      aws_s3_bucket.bucket[0].bucket == "sage-executions-123456789012" &&
      aws_sqs_queue.failures.name == "sage-failed-executions" &&
      aws_cloudwatch_dashboard.dashboard[0].dashboard_name == "sage-operations"
    )
    error_message = "names are those that are stated"
  }
  assert {
    condition = (
      aws_lambda_function.processor.memory_size == 2048 &&
      aws_lambda_function.processor.timeout == 900 &&
      aws_lambda_function.processor.reserved_concurrent_executions == 50 &&
      aws_lambda_function_event_invoke_config.processor_invokes.maximum_retry_attempts == 0
    )
    error_message = "so are memory, timeout, concurrency and retries"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm_concurrency[0].threshold == 45
    error_message = "the alarm rings at nine tenths of the concurrency"
  }
  assert {
    condition     = aws_lambda_function.processor.environment[0].variables.SAGE_PRICE_GB_SECOND == "0.0000133334"
    error_message = "the price is that of the processor"
  }
  assert {
    condition     = length(aws_sqs_queue.dispatch) == 0 && length(aws_vpc_endpoint.s3_endpoint) == 0
    error_message = "what was not asked for is not made"
  }
}

run "more_concurrency" {
  command = plan
  variables {
    reserved_concurrency    = 80
    architectures           = ["x86_64"]
    provisioned_concurrency = { min = 2, max = 5 }
    provisioned_schedule    = { start = "cron(0 6 * * ? *)", stop = "cron(0 20 * * ? *)" }
  }
  module {
    source = "./files"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm_concurrency[0].threshold == 72
    error_message = "the alarm follows"
  }
  assert {
    condition     = aws_lambda_function.processor.environment[0].variables.SAGE_PRICE_GB_SECOND == "0.0000166667"
    error_message = "the price follows the processor"
  }
  assert {
    condition     = aws_appautoscaling_scheduled_action.processor_warm_start[0].timezone == "UTC"
    error_message = "times are UTC unless said otherwise"
  }
  assert {
    condition     = output.provisioned_idle_usd_per_month == "43.20"
    error_message = "2 environments of 2 GB for 30 days"
  }
}

run "no_reserved_concurrency" {
  command = plan
  variables {
    reserved_concurrency = null
    dispatch             = "sqs"
  }
  module {
    source = "./files"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.alarm_concurrency) == 0
    error_message = "null turns it off, and its alarm"
  }
  assert {
    condition     = aws_sqs_queue.dispatch[0].visibility_timeout_seconds == 5400
    error_message = "visibility is six times the timeout"
  }
}

run "too_many_warm_environments" {
  command = plan
  variables {
    provisioned_concurrency = { min = 1, max = 60 }
  }
  module {
    source = "./files"
  }
  expect_failures = [aws_lambda_function.processor]
}

run "a_schedule_of_nothing" {
  command = plan
  variables {
    provisioned_schedule = { start = "cron(0 6 * * ? *)", stop = "cron(0 20 * * ? *)" }
  }
  module {
    source = "./files"
  }
  expect_failures = [aws_lambda_function.processor]
}

run "a_wrong_locale" {
  command = plan
  variables {
    locale = "fr"
  }
  module {
    source = "./files"
  }
  expect_failures = [var.locale]
}

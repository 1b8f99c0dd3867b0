# Runs in a root of its own, with the published module in ./replies (test/terraform/module.test.ts).

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
  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      execution_arn = "arn:aws:execute-api:eu-north-1:123456789012:api"
    }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = {
      invoke_url = "https://api.execute-api.eu-north-1.amazonaws.com/prod"
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

variables {
  package = { s3 = { bucket = "code", key = "replies-worker.zip" } }
}

run "manual_names" {
  module {
    source = "./replies"
  }

  assert {
    condition = (
      aws_lambda_function.worker.function_name == "WhatsAppMessagingLambda" &&
      aws_iam_role.worker[0].name == "WhatsAppMessagingLambdaRole" &&
      aws_iam_role_policy.worker[0].name == "WhatsAppMessagingLambdaPolicy" &&
      aws_sqs_queue.whatsapp.name == "WhatsAppQueue" &&
      aws_dynamodb_table.conversations[0].name == "ConversationsTable" &&
      aws_dynamodb_table.stage.name == "ConversationsStageTable" &&
      aws_dynamodb_table.trigger_lock.name == "ConversationsTriggerLockTable"
    )
    error_message = "the names of the manual deployment are the defaults"
  }
  assert {
    condition     = aws_lambda_function.worker.timeout == 600 && aws_lambda_function.worker.memory_size == 512
    error_message = "so are timeout and memory"
  }
  assert {
    condition     = aws_sqs_queue.whatsapp.visibility_timeout_seconds == 3600
    error_message = "visibility is six times the timeout"
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.whatsapp.redrive_policy).maxReceiveCount == 5
    error_message = "a trigger is delivered five times"
  }
  assert {
    condition     = output.webhook_url == "https://api.execute-api.eu-north-1.amazonaws.com/prod/whatsapp"
    error_message = "the webhook's URL has the stage"
  }
  assert {
    condition = (
      aws_lambda_function.worker.environment[0].variables.STATUS_CALLBACK_URL ==
      "https://api.execute-api.eu-north-1.amazonaws.com/prod/whatsapp/status"
    )
    error_message = "the worker knows where statuses go"
  }
  assert {
    condition     = output.alarm_topic_arn == "arn:aws:sns:eu-north-1:123456789012:topic"
    error_message = "alarms have a topic"
  }
  assert {
    condition = (
      aws_lambda_function.worker.environment[0].variables.LOG_HASH_KEY ==
      sha256("123456789012:arn:aws:dynamodb:eu-north-1:123456789012:table/table")
    )
    error_message = "without a key of the user's one is made"
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.alarm_webhook_quiet) == 0
    error_message = "silence rings only where traffic is steady"
  }
}

run "parameterised_names" {
  command = plan
  variables {
    environment_name       = "dev"
    replies_project_prefix = "replies"
    shared_project_prefix  = "shared"
  }
  module {
    source = "./replies"
  }

  assert {
    condition = (
      aws_lambda_function.worker.function_name == "replies-whatsapp-messaging-dev" &&
      aws_iam_role.worker[0].name == "replies-whatsapp-messaging-role-dev" &&
      aws_iam_role_policy.worker[0].name == "replies-whatsapp-messaging-policy-dev" &&
      aws_lambda_function.webhook.function_name == "replies-staging-dev" &&
      aws_lambda_function.sweeper.function_name == "replies-sweeper-dev" &&
      aws_sqs_queue.whatsapp.name == "replies-whatsapp-queue-dev" &&
      aws_sqs_queue.whatsapp_dead.name == "replies-whatsapp-dlq-dev" &&
      aws_sqs_queue.human_handoff.name == "replies-human-handoff-queue-dev" &&
      aws_dynamodb_table.conversations[0].name == "shared-conversations-dev" &&
      aws_dynamodb_table.stage.name == "replies-conversations-stage-dev" &&
      aws_dynamodb_table.trigger_lock.name == "replies-conversations-trigger-lock-dev" &&
      aws_dynamodb_table.archive.name == "replies-conversations-archive-dev" &&
      aws_api_gateway_rest_api.api.name == "replies-webhook-api-dev" &&
      aws_api_gateway_stage.api.stage_name == "dev" &&
      aws_sns_topic.alarm_topic[0].name == "shared-critical-alerts-dev"
    )
    error_message = "names have prefix and environment"
  }
  assert {
    condition     = output.metrics_namespace == "replies/dev"
    error_message = "so has the namespace"
  }
  assert {
    condition = local.twilio_secret_arns == [
      "arn:aws:secretsmanager:eu-north-1:123456789012:secret:shared/whatsapp-credentials/*/*/twilio-dev-??????"
    ]
    error_message = "the secrets follow the convention"
  }
}

run "short_times" {
  command = plan
  variables {
    heartbeat_interval_ms      = 2000
    max_receive_count          = 2
    batch_window_seconds       = 1
    worker_timeout_seconds     = 90
    visibility_timeout_seconds = 120
  }
  module {
    source = "./replies"
  }

  assert {
    condition     = aws_sqs_queue.whatsapp.visibility_timeout_seconds == 120
    error_message = "visibility is an input"
  }
  assert {
    condition = (
      aws_lambda_function.worker.environment[0].variables.SQS_HEARTBEAT_INTERVAL_MS == "2000" &&
      aws_lambda_function.worker.environment[0].variables.MAX_RECEIVE_COUNT == "2" &&
      aws_lambda_function.webhook.environment[0].variables.BATCH_WINDOW_SECONDS == "1"
    )
    error_message = "and so are the other times"
  }
}

run "own_settings" {
  command = plan
  variables {
    public_webhook_url             = "https://api.example.com/dev/whatsapp"
    log_hash_key                   = "a key that only we know"
    log_level                      = "DEBUG"
    model_secrets                  = ["team/model", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:model-abcdef"]
    secrets_manager_region         = "eu-west-1"
    bedrock_model_arns             = ["arn:aws:bedrock:eu-north-1::foundation-model/model"]
    environment_variables          = { OPT_OUT_MESSAGE = "Bye.", LOG_LEVEL = "ERROR" }
    steady_traffic                 = true
    conversations_index_projection = "all"
    manage_api_gateway_account     = true
    worker_provisioned_concurrency = { min = 1, max = 4 }
    worker_reserved_concurrency    = 0
    alarm_topic                    = { arn = "arn:aws:sns:eu-north-1:123456789012:ours" }
  }
  module {
    source = "./replies"
  }

  assert {
    condition = (
      output.webhook_url == "https://api.example.com/dev/whatsapp" &&
      output.status_callback_url == "https://api.example.com/dev/whatsapp/status"
    )
    error_message = "the own address is given to Twilio"
  }
  assert {
    condition     = nonsensitive(aws_lambda_function.worker.environment[0].variables.LOG_HASH_KEY) == "a key that only we know"
    error_message = "the own key is used"
  }
  assert {
    condition = (
      nonsensitive(aws_lambda_function.worker.environment[0].variables.OPT_OUT_MESSAGE) == "Bye." &&
      nonsensitive(aws_lambda_function.worker.environment[0].variables.LOG_LEVEL) == "DEBUG"
    )
    error_message = "environment_variables adds and does not replace"
  }
  assert {
    condition     = aws_lambda_function.worker.logging_config[0].application_log_level == "DEBUG"
    error_message = "Lambda lets through what the function writes"
  }
  assert {
    condition = local.model_secret_arns == [
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/model-??????",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:model-abcdef",
    ]
    error_message = "secrets are named or given by ARN"
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.alarm_webhook_quiet) == 1
    error_message = "silence rings where traffic is steady"
  }
  assert {
    condition     = alltrue([for index in aws_dynamodb_table.conversations[0].local_secondary_index : index.projection_type == "ALL"])
    error_message = "every index holds everything"
  }
  assert {
    condition     = length(aws_sns_topic.alarm_topic) == 0 && output.alarm_topic_arn == "arn:aws:sns:eu-north-1:123456789012:ours"
    error_message = "the own topic is used"
  }
  assert {
    condition     = aws_lambda_function.worker.reserved_concurrent_executions == 0
    error_message = "zero stays zero"
  }
}

run "everything_off" {
  command = plan
  variables {
    alarms              = false
    dashboard           = false
    tracing             = false
    deletion_protection = false
    handoff_send_draft  = false
  }
  module {
    source = "./replies"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.alarm_worker_critical) == 0 && length(aws_cloudwatch_log_metric_filter.worker_critical) == 0
    error_message = "false stays false: alarms"
  }
  assert {
    condition     = aws_lambda_function.worker.tracing_config[0].mode == "PassThrough" && aws_api_gateway_stage.api.xray_tracing_enabled == false
    error_message = "false stays false: tracing"
  }
  assert {
    condition     = aws_dynamodb_table.archive.deletion_protection_enabled == false
    error_message = "false stays false: deletion_protection"
  }
}

run "no_prompts" {
  command = plan
  variables {
    package = null
  }
  module {
    source = "./replies"
  }
  expect_failures = [aws_lambda_function.worker]
}

run "two_sources" {
  command = plan
  variables {
    package = { path = "a.zip", s3 = { bucket = "code", key = "a.zip" } }
  }
  module {
    source = "./replies"
  }
  expect_failures = [aws_lambda_function.worker]
}

run "short_visibility" {
  command = plan
  variables {
    visibility_timeout_seconds = 599
  }
  module {
    source = "./replies"
  }
  expect_failures = [aws_lambda_function.worker]
}

run "wrong_words" {
  command = plan
  variables {
    environment_name       = "test"
    replies_project_prefix = "Has Capitals"
    log_level              = "LOUD"
    heartbeat_interval_ms  = 0.5
    worker_timeout_seconds = 30
    public_webhook_url     = "api.example.com"
    log_hash_key           = "short"
  }
  module {
    source = "./replies"
  }
  expect_failures = [
    var.environment_name,
    var.replies_project_prefix,
    var.log_level,
    var.heartbeat_interval_ms,
    var.worker_timeout_seconds,
    var.public_webhook_url,
    var.log_hash_key,
  ]
}

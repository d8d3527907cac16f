# What a release needs, as people create it: scripts/check-terraform-apply.sh applies and destroys it.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.100" }
  }
}

provider "aws" {
  skip_metadata_api_check = true
  s3_use_path_style       = true
}

variable "code" { type = string }
variable "team" { default = "orders" }
variable "memory" { default = 128 }
variable "rollback_events" {
  type    = set(string)
  default = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
}

data "aws_caller_identity" "me" {}

locals {
  roles = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role"
  tags  = { team = var.team }
}

resource "aws_lambda_function" "orders" {
  function_name    = "orders"
  role             = "${local.roles}/orders"
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = var.code
  source_code_hash = filebase64sha256(var.code)
  memory_size      = var.memory
  publish          = true
  tags             = local.tags
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.orders.function_name
  function_version = aws_lambda_function.orders.version

  # Releases move it.
  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "orders-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.orders.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  tags                = local.tags
}

resource "aws_codedeploy_app" "orders" {
  name             = "orders"
  compute_platform = "Lambda"
  tags             = local.tags
}

resource "aws_codedeploy_deployment_config" "quick" {
  deployment_config_name = "orders-quick"
  compute_platform       = "Lambda"

  traffic_routing_config {
    type = "TimeBasedCanary"
    time_based_canary {
      interval   = 2
      percentage = 25
    }
  }
}

resource "aws_codedeploy_deployment_group" "live" {
  app_name               = aws_codedeploy_app.orders.name
  deployment_group_name  = "orders-live"
  service_role_arn       = "${local.roles}/CodeDeployLambda"
  deployment_config_name = aws_codedeploy_deployment_config.quick.deployment_config_name
  tags                   = local.tags

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }
  auto_rollback_configuration {
    enabled = true
    events  = var.rollback_events
  }
  alarm_configuration {
    enabled = true
    alarms  = [aws_cloudwatch_metric_alarm.errors.alarm_name]
  }
}

# What a Lambda function needs once, so that a GitHub workflow can release it with CodeDeploy: the deploying role, CodeDeploy's service
# role, the application, the deployment group, and an alarm.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition    = data.aws_partition.current.partition
  account      = data.aws_caller_identity.current.account_id
  tokens       = "token.actions.githubusercontent.com"
  audience     = "sts.${data.aws_partition.current.dns_suffix}"
  oidc         = var.create_oidc_provider ? aws_iam_openid_connect_provider.github[0].arn : "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.tokens}"
  function_arn = "arn:${local.partition}:lambda:${data.aws_region.current.id}:${local.account}:function:${var.function_name}"

  policy = {
    partition   = local.partition
    region      = data.aws_region.current.id
    account     = local.account
    function    = var.function_name
    application = var.function_name
    group       = var.alias
    hooks       = var.hooks
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.create_oidc_provider ? 1 : 0
  url            = "https://${local.tokens}"
  client_id_list = [local.audience]
}

resource "aws_iam_role" "deploying" {
  name_prefix = "release-"
  description = "Releases ${var.function_name} from ${var.repository}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.oidc }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.tokens}:aud" = local.audience
          "${local.tokens}:sub" = "repo:${var.repository}:environment:${var.environment}"
        }
      }
    }]
  })
}

# docs/permissions.md says what each statement is for. Remove what you do not need.
resource "aws_iam_role_policy" "release" {
  name   = "release"
  role   = aws_iam_role.deploying.id
  policy = templatefile("${path.module}/deploying-role.json.tftpl", local.policy)
}

resource "aws_iam_role" "service" {
  name_prefix = "codedeploy-"
  description = "Lets CodeDeploy move the traffic of ${var.function_name}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# What the managed policy AWSCodeDeployRoleForLambda allows for all functions, for this one.
resource "aws_iam_role_policy" "shift" {
  name   = "shift"
  role   = aws_iam_role.service.id
  policy = templatefile("${path.module}/service-role.json.tftpl", local.policy)
}

resource "aws_codedeploy_app" "this" {
  name             = var.function_name
  compute_platform = "Lambda"
}

resource "aws_codedeploy_deployment_group" "this" {
  app_name               = aws_codedeploy_app.this.name
  deployment_group_name  = var.alias
  service_role_arn       = aws_iam_role.service.arn
  deployment_config_name = var.strategy

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
  }

  alarm_configuration {
    enabled = true
    alarms  = [aws_cloudwatch_metric_alarm.errors.alarm_name]
  }
}

# The calls through the alias, of both versions. Which version they reached (ExecutedVersion) cannot be asked for here: its number is
# another one at each release.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name        = "${var.function_name}-${var.alias}-errors"
  alarm_description = "Calls of ${var.function_name} through alias ${var.alias} fail"
  namespace         = "AWS/Lambda"
  metric_name       = "Errors"
  dimensions = {
    FunctionName = var.function_name
    Resource     = "${var.function_name}:${var.alias}"
  }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = var.errors_per_minute
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
}

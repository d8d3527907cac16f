output "deploying_role_arn" {
  description = "For the input role-to-assume, or for aws-actions/configure-aws-credentials"
  value       = aws_iam_role.deploying.arn
}

output "service_role_arn" {
  description = "For the input codedeploy-service-role, with which the names of application and group may be left out"
  value       = aws_iam_role.service.arn
}

output "application_name" {
  description = "For the input codedeploy-application"
  value       = aws_codedeploy_app.this.name
}

output "deployment_group_name" {
  description = "For the input codedeploy-deployment-group"
  value       = aws_codedeploy_deployment_group.this.deployment_group_name
}

output "alarm_name" {
  description = "The alarm that stops deployments of the group"
  value       = aws_cloudwatch_metric_alarm.errors.alarm_name
}

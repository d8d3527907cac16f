# Terraform owns the function with its configuration, and what is needed once. The workflow owns the code, the versions and the alias:
# it releases with the role that this prints, as in ../release.yml.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "repository" {
  type        = string
  description = "The repository that releases, such as acme/payments."
}

variable "first_code" {
  type        = string
  description = "A .zip file with any code that runs: a function cannot be created without. Releases replace it."
}

resource "aws_iam_role" "function" {
  name = "payments-api"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "payments_api" {
  function_name = "payments-api"
  role          = aws_iam_role.function.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = var.first_code

  # Without this, the next apply would put the first code back.
  lifecycle {
    ignore_changes = [filename, source_code_hash]
  }
}

module "release" {
  source        = "../../setup/terraform"
  function_name = aws_lambda_function.payments_api.function_name
  repository    = var.repository
}

output "release" {
  value       = module.release
  description = "What the workflow needs: the role to assume, the application and the group."
}

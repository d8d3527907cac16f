"""Waiters and paginators of botocore, which boto3 and the AWS CLI are built on, against the simulator. scripts/check-botocore.sh runs it."""

import io
import json
import sys
import zipfile

import botocore.session
from botocore.exceptions import ClientError, WaiterError

session = botocore.session.get_session()
aws = {name: session.create_client(name) for name in ("lambda", "codedeploy", "cloudwatch", "logs", "s3", "sts")}
ROLE = "arn:aws:iam::123456789012:role/checked"
NAME = "paged"
GROUP = {"applicationName": "paged", "deploymentGroupName": "paged-live"}
QUICK = {"Delay": 1, "MaxAttempts": 60}
wrong = 0


def check(what, holds, shown=""):
    global wrong
    wrong += not holds
    print(f"{'ok   ' if holds else 'WRONG'} {what}{'' if holds else f': {shown}'}")


def archive(text):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("index.mjs", text)
    return packed.getvalue()


def wait(service, waiter, **given):
    try:
        aws[service].get_waiter(waiter).wait(WaiterConfig=QUICK, **given)
        return "over"
    except WaiterError as error:
        return str(error)


def waits(service, waiter, **given):
    told = wait(service, waiter, **given)
    check(f"{service}: waiter {waiter}", told == "over", told)


def deploy(current, target, config):
    properties = {"Name": NAME, "Alias": "live", "CurrentVersion": current, "TargetVersion": target}
    spec = {"version": "0.0", "Resources": [{NAME: {"Type": "AWS::Lambda::Function", "Properties": properties}}]}
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": json.dumps(spec)}}
    return aws["codedeploy"].create_deployment(**GROUP, revision=revision, deploymentConfigName=f"CodeDeployDefault.{config}")[
        "deploymentId"
    ]


functions = aws["lambda"]
code = {"Runtime": "nodejs24.x", "Handler": "index.handler", "Role": ROLE}
functions.create_function(FunctionName=NAME, Code={"ZipFile": archive("one")}, **code)
for waiter in ("function_exists", "function_active", "function_active_v2", "function_updated", "function_updated_v2"):
    waits("lambda", waiter, FunctionName=NAME)
for text in ("one", "two", "three"):
    functions.update_function_code(FunctionName=NAME, ZipFile=archive(text))
    functions.get_waiter("function_updated_v2").wait(FunctionName=NAME, WaiterConfig=QUICK)
    functions.publish_version(FunctionName=NAME)
waits("lambda", "published_version_active", FunctionName=NAME, Qualifier="3")
for alias in ("live", "beta", "partners"):
    functions.create_alias(FunctionName=NAME, Name=alias, FunctionVersion="1")

for version in ("1", "2"):
    functions.put_provisioned_concurrency_config(FunctionName=NAME, Qualifier=version, ProvisionedConcurrentExecutions=1)

aws["codedeploy"].create_application(applicationName="paged", computePlatform="Lambda")
aws["codedeploy"].create_deployment_group(
    **GROUP,
    serviceRoleArn=ROLE,
    deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
)
good = deploy("1", "2", "LambdaAllAtOnce")
waits("codedeploy", "deployment_successful", deploymentId=good)
told = wait("codedeploy", "deployment_successful", deploymentId=deploy("1", "3", "LambdaAllAtOnce"))
check("codedeploy: waiter deployment_successful ends when it fails", "terminal failure" in told, told)

for alarm in ("paged-1", "paged-2", "paged-3"):
    aws["cloudwatch"].put_metric_alarm(
        AlarmName=alarm, Namespace="AWS/Lambda", MetricName="Errors", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=0, ComparisonOperator="GreaterThanThreshold", Dimensions=[{"Name": "FunctionName", "Value": NAME}],
    )  # fmt: skip
    for state in ("ALARM", "OK"):
        aws["cloudwatch"].set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="checked")
waits("cloudwatch", "alarm_exists", AlarmNames=["paged-1"])
aws["s3"].put_object(Bucket="payments-packages", Key="paged.zip", Body=archive("four"))
waits("s3", "object_exists", Bucket="payments-packages", Key="paged.zip")

# service, operation, what it is given, where its items are, how many there are at least, the size of a page (CodeDeploy takes none)
PAGED = [
    ("lambda", "list_versions_by_function", {"FunctionName": NAME}, "Versions", 4, 1),
    ("lambda", "list_aliases", {"FunctionName": NAME}, "Aliases", 3, 1),
    ("lambda", "list_functions", {}, "Functions", 2, 1),
    ("lambda", "list_provisioned_concurrency_configs", {"FunctionName": NAME}, "ProvisionedConcurrencyConfigs", 2, 1),
    ("codedeploy", "list_applications", {}, "applications", 2, None),
    ("codedeploy", "list_deployment_groups", {"applicationName": "paged"}, "deploymentGroups", 1, None),
    ("codedeploy", "list_deployment_configs", {}, "deploymentConfigsList", 9, None),
    ("codedeploy", "list_deployments", GROUP, "deployments", 2, None),
    ("codedeploy", "list_application_revisions", {"applicationName": "paged"}, "revisions", 2, None),
    ("codedeploy", "list_deployment_targets", {"deploymentId": good}, "targetIds", 1, None),
    ("cloudwatch", "describe_alarms", {"AlarmNamePrefix": "paged"}, "MetricAlarms", 3, 1),
    ("cloudwatch", "describe_alarm_history", {"AlarmName": "paged-1"}, "AlarmHistoryItems", 2, 1),
]
for service, operation, given, items, least, size in PAGED:
    try:
        whole = getattr(aws[service], operation)(**given)[items]
        config = {} if size is None else {"PageSize": size}
        pages = list(aws[service].get_paginator(operation).paginate(**given, PaginationConfig=config))
        found = [item for page in pages for item in page[items]]
        holds = found == whole and len(whole) >= least and (size is None or len(pages) >= len(whole))
        check(f"{service}: {operation}, {len(whole)} in {len(pages)} pages", holds, f"{len(found)} of {len(whole)}")
    except ClientError as error:
        check(f"{service}: {operation}", False, error)

account = aws["sts"].get_caller_identity()["Account"]
check("sts: get_caller_identity", account == "123456789012", account)
sys.exit(wrong > 0)

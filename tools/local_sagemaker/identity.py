"""Who a client is: in a role that SageMaker may take on, as in a notebook of SageMaker's own."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from .cloud import Cloud
from .handlers import Handlers
from .wire import Call

EXECUTION_ROLE = "AmazonSageMaker-ExecutionRole-local"
"""The role's name begins as that of the roles that the console makes; the SDK knows them by it."""

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
_STRANGER = b":user/moto<"
"""How moto ends the ARN of somebody whose credentials it has not made."""

_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:sts::{account}:assumed-role/{role}/SageMaker</Arn><UserId>{id}:SageMaker</UserId>"
    "<Account>{account}</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
)
_RESULT = (
    "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName>"
    "<EvalDecision>allowed</EvalDecision><MatchedStatements/><MissingContextValues/></member>"
)
_ANSWER = (
    '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
    "<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>"
    "<EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>"
    "<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>"
)


def get_caller_identity(cloud: Cloud, call: Call) -> Response:
    """Tell whose credentials these are if moto gave them out; else the caller is in the account's execution role.

    IAM has that role from then on.
    """
    told = cloud.floor.forward(call.request, call.caller, call.operation)
    if _STRANGER not in told.get_data():
        return told
    role = _execution_role(cloud, call)
    answer = _IDENTITY.format(account=call.caller.account, role=EXECUTION_ROLE, id=role["RoleId"])
    return Response(answer, content_type="text/xml")


def _execution_role(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Return the account's role, which is made when it is first asked for."""
    iam = cloud.client("iam", call.caller)
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=EXECUTION_ROLE, Path="/service-role/", AssumeRolePolicyDocument=json.dumps(_TRUST))
    role: dict[str, Any] = iam.get_role(RoleName=EXECUTION_ROLE)["Role"]
    return role


def simulate_principal_policy(cloud: Cloud, call: Call) -> Response:
    """Say that every action is allowed, which is true here: no policy is enforced."""
    actions = [value for name, value in call.parameters.items() if name.startswith("ActionNames.member.")]
    results = "".join(_RESULT.format(action=escape(action)) for action in actions)
    return Response(_ANSWER.format(results=results), content_type="text/xml")


HANDLERS: Handlers = {
    "STS.GetCallerIdentity": get_caller_identity,
    "IAM.SimulatePrincipalPolicy": simulate_principal_policy,
}

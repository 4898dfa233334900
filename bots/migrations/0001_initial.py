from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.chat.identity import Platform, Role
from core.engine.database import UtcField
from core.engine.models import State
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Community',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('slug', fields.CharField(unique=True, max_length=64)),
                ('name', fields.CharField(max_length=120)),
                ('timezone', fields.CharField(max_length=64)),
                ('language', fields.CharField(max_length=8)),
            ],
            options={'table': 'community', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'The tenant: every table hangs below one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FormDraft',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('account', fields.CharField(max_length=120)),
                ('form', fields.CharField(max_length=64)),
                ('argument', fields.CharField(max_length=64)),
                ('answers', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('asked', fields.CharField(max_length=64)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'form_draft', 'app': 'amicale', 'unique_together': (('community', 'account'),), 'pk_attr': 'id', 'table_description': 'A form being asked field by field, in a private conversation: one a person.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Job',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=64)),
                ('key', fields.CharField(max_length=120)),
                ('state', fields.CharEnumField(default=State.DUE, description='DUE: due\nCLAIMED: claimed\nDONE: done\nSKIPPED: skipped\nFAILED: failed', enum_type=State, max_length=8)),
                ('due_at', UtcField(auto_now=False, auto_now_add=False)),
                ('lease_until', UtcField(null=True, auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('problem', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'job', 'app': 'amicale', 'unique_together': (('community', 'kind', 'key'),), 'indexes': [Index(fields=['state', 'due_at'])], 'pk_attr': 'id', 'table_description': 'Work due later, unique by (kind, key).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Member',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('name', fields.CharField(max_length=120)),
                ('language', fields.CharField(default='', max_length=8)),
                ('joined_at', UtcField(auto_now=False, auto_now_add=False)),
                ('left_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
                ('absorbed_by', fields.IntField(null=True)),
            ],
            options={'table': 'member', 'app': 'amicale', 'indexes': [Index(fields=['community_id', 'joined_at'])], 'pk_attr': 'id', 'table_description': 'One person, whatever the number of accounts.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Link',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('absorbed', fields.IntField()),
                ('moved', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
                ('undone_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'link', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'Two members made one, `moved` maps a table to the rows that changed hands, for the undo.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LinkAttempt',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'link_attempt', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'A wrong code typed by somebody: five in an hour close the door for the hour.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LinkCode',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('code', fields.CharField(db_index=True, max_length=8)),
                ('expires_at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'link_code', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'A one-time code shown on one platform, to be typed on another.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MemberAccount',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('platform', fields.CharEnumField(description='DISCORD: discord\nSLACK: slack\nTELEGRAM: telegram', enum_type=Platform, max_length=16)),
                ('workspace', fields.CharField(max_length=64)),
                ('user', fields.CharField(max_length=64)),
                ('name', fields.CharField(max_length=120)),
                ('handle', fields.CharField(default='', max_length=120)),
                ('locale', fields.CharField(default='', max_length=16)),
                ('active_at', UtcField(auto_now=False, auto_now_add=False)),
                ('left_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'member_account', 'app': 'amicale', 'unique_together': (('community', 'platform', 'workspace', 'user'),), 'pk_attr': 'id', 'table_description': 'Somebody as one platform knows them, belongs to one member at a time.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MemberProfile',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.OneToOneField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('training', fields.CharField(default='', max_length=120)),
                ('cohort', fields.CharField(default='', max_length=60)),
                ('topics', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('hopes', fields.CharField(default='', max_length=500)),
                ('available', fields.BooleanField(default=True)),
            ],
            options={'table': 'member_profile', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'What a member says of themselves, `topics` are what they can help with, lower case.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MemberRole',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('role', fields.CharEnumField(description='LEARNER: learner\nALUMNUS: alumnus\nTRAINER: trainer\nEXPERT: expert\nMENTOR: mentor\nAMBASSADOR: ambassador\nMODERATOR: moderator\nBUILDER: community_builder\nADMIN: admin\nDPO: dpo', enum_type=Role, max_length=24)),
                ('source', fields.CharField(max_length=16)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'member_role', 'app': 'amicale', 'unique_together': (('member', 'role', 'source'),), 'pk_attr': 'id', 'table_description': "A role somebody holds, `source` says from where: a platform's name, or `command`."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('platform', fields.CharField(max_length=16)),
                ('lane', fields.CharField(max_length=200)),
                ('payload', fields.TextField(unique=False)),
                ('then', fields.CharField(default='', max_length=64)),
                ('argument', fields.CharField(default='', max_length=200)),
                ('state', fields.CharEnumField(default=State.DUE, description='DUE: due\nCLAIMED: claimed\nDONE: done\nSKIPPED: skipped\nFAILED: failed', enum_type=State, max_length=8)),
                ('due_at', UtcField(auto_now=False, auto_now_add=False)),
                ('lease_until', UtcField(null=True, auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('problem', fields.CharField(default='', max_length=300)),
                ('member', fields.IntField(null=True)),
            ],
            options={'table': 'outbox_message', 'app': 'amicale', 'indexes': [Index(fields=['state', 'due_at'])], 'pk_attr': 'id', 'table_description': 'Something owed to someone later or elsewhere, written with the change that caused it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SeenDelivery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('key', fields.CharField(max_length=200)),
                ('at', UtcField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seen_delivery', 'app': 'amicale', 'unique_together': (('community', 'key'),), 'pk_attr': 'id', 'table_description': 'An event that was handled, its key is unique so that it is handled once.'},
            bases=['Model'],
        ),
    ]

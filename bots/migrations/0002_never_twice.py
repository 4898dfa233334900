from tortoise import migrations

from bots.additive import Reworded
from tortoise.migrations import operations as ops
import functools
from core.chat.identity import Platform
from core.engine.database import UtcField
from core.engine.models import State
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('amicale', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Absence',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('start', UtcField(auto_now=False, auto_now_add=False)),
                ('end', UtcField(auto_now=False, auto_now_add=False)),
                ('recovered', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('forgetful', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('told_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'watch_absence', 'app': 'amicale', 'indexes': [Index(fields=['community_id', 'start'])], 'pk_attr': 'id', 'table_description': 'A time in which we were away. `recovered` counts by platform the events read afterwards.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Awake',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.OneToOneField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'watch_awake', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'The last moment at which we were known to be at work: one row a community.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ClosedWeek',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('start', UtcField(auto_now=False, auto_now_add=False)),
                ('end', UtcField(auto_now=False, auto_now_add=False)),
                ('rows', fields.IntField()),
                ('newest', fields.BigIntField()),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
                ('figures', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'closed_week', 'app': 'amicale', 'unique_together': (('community', 'start', 'end'),), 'pk_attr': 'id', 'table_description': 'What a week that is over came to, so that it is added up once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Heard',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('platform', fields.CharField(max_length=16)),
                ('workspace', fields.CharField(max_length=64)),
                ('since', UtcField(auto_now=False, auto_now_add=False)),
                ('until', UtcField(auto_now=False, auto_now_add=False)),
                ('reading', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'heard', 'app': 'amicale', 'unique_together': (('community', 'platform', 'workspace'),), 'pk_attr': 'id', 'table_description': 'Up to when everything that happened in a workspace was handled.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Incident',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('platform', fields.CharEnumField(description='DISCORD: discord\nSLACK: slack\nTELEGRAM: telegram', enum_type=Platform, max_length=16)),
                ('since', UtcField(auto_now=False, auto_now_add=False)),
                ('told_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
                ('over_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'watch_incident', 'app': 'amicale', 'indexes': [Index(fields=['community_id', 'over_at'])], 'pk_attr': 'id', 'table_description': 'Something was owed on a platform for too long, and is over when nothing is any more.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Missed',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('title', fields.CharField(max_length=120)),
                ('due_at', UtcField(auto_now=False, auto_now_add=False)),
                ('told_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'watch_missed', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'Something with a name that did not take place because its moment was past: a ritual.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Community',
            name='people',
            field=fields.IntField(default=0, db_default=0),
        ),
        Reworded(
            model_name='Job',
            name='state',
            field=fields.CharEnumField(default=State.DUE, description='where it stands', enum_type=State, max_length=8),
        ),
        ops.AddField(
            model_name='Job',
            name='told_at',
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='Journey',
            index=Index(fields=['greeted_at']),
        ),
        Reworded(
            model_name='OutboxMessage',
            name='state',
            field=fields.CharEnumField(default=State.DUE, description='where it stands', enum_type=State, max_length=8),
        ),
        ops.AddField(
            model_name='OutboxMessage',
            name='began_at',
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='OutboxMessage',
            name='cause',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='OutboxMessage',
            name='failing_since',
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='OutboxMessage',
            name='guard',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='OutboxMessage',
            name='guarded',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='OutboxMessage',
            name='told_at',
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='OutboxMessage',
            name='until',
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='OutboxMessage',
            index=Index(fields=['community_id', 'platform', 'state', 'lane']),
        ),
    ]
